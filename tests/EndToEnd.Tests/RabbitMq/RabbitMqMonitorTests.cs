using System.Diagnostics;
using Messaging.Outbox.RabbitMq;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.EndToEnd.Tests.RabbitMq;

/// <summary>What a process knows of its broker, and what it says of it.</summary>
[Collection("broker")]
public sealed class RabbitMqMonitorTests : IAsyncDisposable
{
    private readonly LogCapture _log = new();
    private readonly ILoggerFactory _logging;
    private RabbitMqMonitor? _monitor;

    public RabbitMqMonitorTests() => _logging = LoggerFactory.Create(b => b.AddProvider(_log));

    public async ValueTask DisposeAsync()
    {
        if (_monitor is not null)
        {
            await _monitor.StopAsync(CancellationToken.None);
            _monitor.Dispose();
        }

        _logging.Dispose();
    }

    [Fact]
    public async Task An_alarm_is_named_until_it_is_over()
    {
        var monitor = await StartAsync();
        await Eventually.True(() => monitor.Problem is null, "the broker confirms");
        try
        {
            await CtlAsync("set_vm_memory_high_watermark", "0.0000001");
            await Eventually.True(() => monitor.Problem?.Contains("alarm", StringComparison.Ordinal) == true, "the alarm is seen");
            Assert.Contains("low on memory", monitor.Problem, StringComparison.Ordinal);
        }
        finally
        {
            await CtlAsync("set_vm_memory_high_watermark", "0.4");
        }

        await Eventually.True(() => monitor.Problem is null, "the alarm is over");
        Assert.Single(_log.Lines, l => l.Contains("low on memory", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_frozen_node_is_noticed()
    {
        var monitor = await StartAsync();
        await Eventually.True(() => monitor.Problem is null, "the broker confirms");
        var pid = (await CtlAsync("eval", "os:getpid().")).Trim().Trim('"');
        try
        {
            await RunAsync("kill", "-STOP", pid);
            await Eventually.True(() => monitor.Problem?.Contains("did not answer", StringComparison.Ordinal) == true, "it does not answer");
        }
        finally
        {
            await RunAsync("kill", "-CONT", pid);
        }

        await Eventually.True(() => monitor.Problem is null, "it answers again");
    }

    [Fact]
    public async Task A_wrong_password_is_named_once()
    {
        var monitor = await StartAsync(o => o.Password = "wrong");

        await Eventually.True(() => monitor.Problem?.Contains("RabbitMq:Password", StringComparison.Ordinal) == true, "the password is named");

        Assert.Single(_log.Lines, l => l.Contains("RabbitMq:Password", StringComparison.Ordinal));
        Assert.DoesNotContain(_log.Lines, l => l.Contains("wrong", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_broker_that_is_not_there_is_out_of_reach()
    {
        var monitor = await StartAsync(o => o.Host = "127.0.0.1:1");

        await Eventually.True(() => monitor.Problem?.Contains("is unavailable", StringComparison.Ordinal) == true, "it is out of reach");
        Assert.Equal("The broker is unavailable: ConnectionRefused.", monitor.Problem); // without its address
    }

    private async Task<RabbitMqMonitor> StartAsync(Action<RabbitMqOptions>? configure = null)
    {
        var user = Servers.RabbitMq.UserInfo.Split(':');
        var options = new RabbitMqOptions { Host = $"{Servers.RabbitMq.Host}:{Servers.RabbitMq.Port}", Username = user[0], Password = user[1] };
        configure?.Invoke(options);
        _monitor = new RabbitMqMonitor(Options.Create(options), TimeProvider.System, _logging.CreateLogger<RabbitMqMonitor>());
        await _monitor.StartAsync(TestContext.Current.CancellationToken);
        return _monitor;
    }

    private static Task<string> CtlAsync(params string[] arguments)
    {
        var command = Servers.RabbitMqCtl.Split(' ');
        return RunAsync(command[0], [.. command[1..], "-q", .. arguments]);
    }

    private static async Task<string> RunAsync(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
