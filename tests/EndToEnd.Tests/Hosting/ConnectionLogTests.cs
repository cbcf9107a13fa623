using System.Net.Sockets;
using MassTransit;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.EndToEnd.Tests.Hosting;

/// <summary>A connection that is lost is not told by every endpoint, again and again.</summary>
public sealed class ConnectionLogTests : IDisposable
{
    private readonly LogCapture _log = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ConnectionLoggerFactory _factory;
    private readonly ILogger _logger;

    public ConnectionLogTests()
    {
        _factory = new ConnectionLoggerFactory(LoggerFactory.Create(b => b.AddProvider(_log)), _time);
        _logger = _factory.CreateLogger("MassTransit");
    }

    public void Dispose() => _factory.Dispose();

    [Fact]
    public void One_cause_is_logged_once_a_minute()
    {
        for (var i = 0; i < 1_000; i++)
        {
            _logger.LogWarning(new ConnectionException($"attempt {i}", new SocketException((int)SocketError.ConnectionRefused)), "endpoint {Number}", i);
        }

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Collection(
            _log.Lines,
            first => Assert.StartsWith("endpoint 0 (SocketException: ", first, StringComparison.Ordinal),
            more => Assert.StartsWith("Repeated 999 times within a minute: SocketException: ", more, StringComparison.Ordinal));
    }

    [Fact]
    public void Another_cause_and_another_outage_are_logged_at_once()
    {
        _logger.LogWarning(new EndOfStreamException("the end"), "first");
        _logger.LogWarning(new SocketException((int)SocketError.HostUnreachable), "second");
        _time.Advance(TimeSpan.FromMinutes(1));
        _logger.LogWarning(new EndOfStreamException("the end"), "third");

        Assert.Equal(["first", "second", "third"], _log.Lines.Select(l => l.Split(' ')[0]));
    }

    [Fact]
    public void A_queue_that_is_refused_is_logged_once_a_minute()
    {
        for (var i = 0; i < 20; i++)
        {
            _logger.LogError(new OutboxConfigurationException("Queue a: lower TimeLimit"), "Declare queue faulted: a");
            _logger.LogError(new OutboxConfigurationException("Queue b: lower TimeLimit"), "Declare queue faulted: b");
        }

        Assert.Equal(
            ["Declare queue faulted: a (OutboxConfigurationException: Queue a: lower TimeLimit)", "Declare queue faulted: b (OutboxConfigurationException: Queue b: lower TimeLimit)"],
            _log.Lines);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(4, _log.Lines.Count);
    }

    [Theory]
    [InlineData(1400)] // QueuesNotUpdated
    [InlineData(1203)] // DispatchFailed
    public void A_poll_that_fails_is_logged_once_a_minute(int id)
    {
        for (var i = 0; i < 30; i++)
        {
            _logger.LogWarning(new EventId(id, "Poll"), "Not polled: {Error}", $"refused {i}");
        }

        _logger.LogWarning(new EventId(id, "Poll"), "Not polled: {Error}", "another cause");
        _logger.LogWarning(new EventId(1303, "ExecutionDeferred"), "Not polled: {Error}", "refused 1");
        Assert.Equal(["Not polled: refused 0", "Not polled: another cause", "Not polled: refused 1"], _log.Lines);

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("Repeated 29 times within a minute: Not polled: refused 0", Assert.Single(_log.Lines.Skip(3)));
    }

    [Fact]
    public void Other_log_entries_are_left_as_they_are()
    {
        for (var i = 0; i < 3; i++)
        {
            _logger.LogError(new InvalidOperationException("no"), "message {Number}", i);
            _logger.LogWarning("plain {Number}", i);
        }

        Assert.Equal(6, _log.Lines.Count);
    }
}
