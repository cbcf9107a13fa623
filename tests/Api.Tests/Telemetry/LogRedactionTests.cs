using Messaging.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;

namespace Messaging.Api.Tests.Telemetry;

/// <summary>What is taken out of log entries before they are exported.</summary>
public sealed class LogRedactionTests
{
    private const string Secret = "ann@example.org";

    [Fact]
    public void An_address_is_in_no_part_of_an_exported_entry()
    {
        var exported = new Exported();
        using (var factory = LoggerFactory.Create(logging => logging.AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.AddProcessor(new LogRedaction()).AddProcessor(exported);
        })))
        {
#pragma warning disable CA1848, CA2254 // as others log
            factory.CreateLogger("other").LogError(new InvalidOperationException($"550 <{Secret}> unknown"), "The mail to {Recipient} failed", Secret);
#pragma warning restore CA1848, CA2254
        }

        Assert.Contains("The mail to (address) failed", exported.Text, StringComparison.Ordinal);
        Assert.Contains("550 <(address)> unknown", exported.Text, StringComparison.Ordinal);
        Assert.Contains(nameof(InvalidOperationException), exported.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, exported.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_without_an_address_stays_as_it_is()
    {
        var exported = new Exported();
        var exception = new InvalidOperationException("no such file");
        using (var factory = LoggerFactory.Create(logging => logging.AddOpenTelemetry(options => options.AddProcessor(new LogRedaction()).AddProcessor(exported))))
        {
#pragma warning disable CA1848 // as others log
            factory.CreateLogger("other").LogError(exception, "The file {File} is missing", "a.txt");
#pragma warning restore CA1848
        }

        Assert.Same(exception, exported.Exception);
        Assert.Contains("File=a.txt", exported.Text, StringComparison.Ordinal);
    }

    private sealed class Exported : BaseProcessor<LogRecord>
    {
        public string Text { get; private set; } = "";

        public Exception? Exception { get; private set; }

        public override void OnEnd(LogRecord data)
        {
            Exception = data.Exception;
            Text = $"{data.FormattedMessage} {data.Body} {data.Exception} {string.Join(' ', (data.Attributes ?? []).Select(a => $"{a.Key}={a.Value}"))}";
        }
    }
}
