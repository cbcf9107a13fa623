using System.Collections.Concurrent;
using System.Diagnostics;
using Messaging.ServiceDefaults.Hosting;
using Messaging.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry;
using OpenTelemetry.Logs;

namespace Messaging.Api.Tests.Telemetry;

/// <summary>An entry that is written while a request is answered has its trace, and not its path.</summary>
public sealed class ShownScopesTests
{
    private const string Secret = "LeakedLinkToken";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_path_of_a_request_is_in_no_entry(bool isSlim)
    {
        var (printed, exported) = (new JsonConsole(), new Exported());
        var builder = isSlim ? ServiceHost.CreateSlimBuilder([]) : ServiceHost.CreateBuilder([]);
        builder.WebHost.UseTestServer();
        builder.Logging.AddLoggingDefaults();
        builder.Logging.AddJsonConsole().AddProvider(printed).AddOpenTelemetry(entries =>
        {
            (entries.IncludeScopes, entries.IncludeFormattedMessage) = (true, true);
            entries.AddProcessor(new LogRedaction()).AddProcessor(exported);
        });
        await using var app = builder.Build();
        printed.Formatter = app.Services.GetServices<ConsoleFormatter>().OfType<ConsoleFormatter>().Single(f => f.Name == ConsoleFormatterNames.Json);
        var traces = new ConcurrentQueue<string>();
        app.UseExceptionHandler(failed => failed.Run(_ => Task.CompletedTask));
        app.MapGet("/links/{token}", (string token, ILogger<ShownScopesTests> logger) =>
        {
            traces.Enqueue(Activity.Current!.TraceId.ToHexString());
#pragma warning disable CA1848, CA2254 // as applications log
            using var text = logger.BeginScope($"link {token}");
            using var members = logger.BeginScope(new Dictionary<string, object?> { ["Token"] = token, ["TaskId"] = "the-task" });
            logger.LogWarning("A link was followed");
#pragma warning restore CA1848, CA2254
            throw new InvalidOperationException("failed");
        });
        await app.StartAsync(TestContext.Current.CancellationToken);

        using (await app.GetTestClient().GetAsync($"/links/{Secret}", TestContext.Current.CancellationToken))
        {
        }

        var trace = Assert.Single(traces);
        foreach (var entries in new[] { printed.Entries, exported.Entries })
        {
            Assert.Contains(entries, e => e.Contains("A link was followed", StringComparison.Ordinal) && e.Contains(trace, StringComparison.Ordinal) && e.Contains("the-task", StringComparison.Ordinal));
            Assert.Contains(entries, e => e.Contains("unhandled exception", StringComparison.Ordinal) && e.Contains(trace, StringComparison.Ordinal) && e.Contains("RequestId", StringComparison.Ordinal));
            Assert.DoesNotContain(entries, e => e.Contains(Secret, StringComparison.Ordinal));
        }
    }

    /// <summary>What the JSON console would print.</summary>
    private sealed class JsonConsole : ILoggerProvider, ISupportExternalScope
    {
        private IExternalScopeProvider? _scopes;

        public ConcurrentQueue<string> Entries { get; } = new();

        public ConsoleFormatter? Formatter { get; set; }

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

        public void Dispose()
        {
        }

        private sealed class Logger(JsonConsole console, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => console._scopes!.Push(state);

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                using var text = new StringWriter();
                console.Formatter?.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), console._scopes, text);
                console.Entries.Enqueue(text.ToString());
            }
        }
    }

    private sealed class Exported : BaseProcessor<LogRecord>
    {
        public ConcurrentQueue<string> Entries { get; } = new();

        public override void OnEnd(LogRecord data)
        {
            var text = new StringWriter();
            data.ForEachScope(
                static (scope, writer) =>
                {
                    foreach (var (name, value) in scope)
                    {
                        writer.Write($" {name}={value}");
                    }
                },
                text);
            Entries.Enqueue($"{data.FormattedMessage}{text} {data.Exception}");
        }
    }
}
