using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Messaging.ServiceDefaults.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Messaging.ServiceDefaults.Telemetry;

/// <summary>Exports traces, metrics and logs. Nothing is collected for what nothing is exported to.</summary>
public static class TelemetryExtensions
{
    /// <summary>Where the metrics are served.</summary>
    internal const string Page = "/metrics";

    private const string Section = "Telemetry";

    private static readonly string[] Sources = [OutboxTelemetry.Name, RequestSpans.Source, "Npgsql", "System.Net.Http"];

    /// <summary>The outbox's and the application's meters, and those of .NET.</summary>
    private static readonly string[] Meters =
    [
        "Messaging.*", "Npgsql", "System.Runtime", "System.Net.Http", "System.Net.NameResolution",
        "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Diagnostics", "Microsoft.AspNetCore.RateLimiting",
    ];

    /// <summary>
    /// Exports over OTLP what OpenTelemetry's variables ask for, and serves <c>/metrics</c> if <see cref="TelemetryOptions"/> ask for
    /// it.
    /// </summary>
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        services.AddSettings<TelemetryOptions>(Section);
        var application = ServiceIdentity.Of(builder.Environment.ApplicationName);
        var service = configuration["OTEL_SERVICE_NAME"] is { Length: > 0 } name ? application with { Name = name } : application;
        services.AddSingleton(service);

        var options = configuration.ReadEarly<TelemetryOptions>(Section);
        var signals = new OtlpSignals(configuration);
        if (signals.AreDisabled || !(signals.AreExported || options.Metrics.IsServed || signals.Problems.Count > 0))
        {
            return;
        }

        var events = new ExportEvents(signals.Problems, signals.Places); // before the providers, which read the variables when they are made
        services.AddHostedService(provider => new ExportNotices(events, provider.GetRequiredService<ILogger<ExportNotices>>()));
        services.AddHostedService<TelemetryFlush>();
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService(service.Name, serviceVersion: service.Version, serviceInstanceId: service.Instance)
                .AddEnvironmentVariableDetector()) // last, so that OTEL_RESOURCE_ATTRIBUTES has the last word
            .AddTraces(signals.Traces, options)
            .AddMetrics(signals.Metrics, options)
            .AddLogs(signals.Logs);
        if (options.Metrics.Port is not null)
        {
            services.AddHostedService<MetricsServer>();
        }
    }

    /// <summary>Maps <c>/metrics</c> if it needs a key and has no port of its own.</summary>
    public static void MapTelemetry(this WebApplication app)
    {
        var options = app.Configuration.ReadEarly<TelemetryOptions>(Section).Metrics;
        if (options.HasKey && options.Port is null && app.Services.GetService<MeterProvider>() is { } meters)
        {
            app.MapPrometheusScrapingEndpoint(Page, meters, scrape => scrape.UseMetricsKey(options), optionsName: null)
                .ExcludeFromDescription()
                .RequireRateLimiting(RateLimitPolicies.Health)
                .SetsSafeHeaders()
                .CacheOutput(static cache => cache.NoCache())
                .DisableHttpMetrics();
        }
    }

    private static IOpenTelemetryBuilder AddTraces(this IOpenTelemetryBuilder telemetry, OtlpSignal signal, TelemetryOptions options)
    {
        if (!signal.IsExported)
        {
            return telemetry;
        }

        telemetry.Services.AddSingleton<IStartupFilter, RequestSpans>();
        string[] sources = [.. Sources, .. options.Sources];
        telemetry.Services.AddHostedService(_ => new ExceptionRedaction([.. sources]));
        return telemetry.WithTracing(traces => traces
            .AddSource(sources)
            .AddProcessor<SpanRedaction>()
            .AddOtlpExporter(signal.Configure));
    }

    private static IOpenTelemetryBuilder AddMetrics(this IOpenTelemetryBuilder telemetry, OtlpSignal signal, TelemetryOptions options) =>
        !signal.IsExported && !options.Metrics.IsServed ? telemetry : telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter([.. Meters, .. options.Meters]);
            if (options.Metrics.IsServed)
            {
                metrics.AddPrometheusExporter(prometheus => prometheus.ScopeInfoEnabled = false);
            }

            if (signal.IsExported)
            {
                metrics.AddOtlpExporter(signal.Configure);
            }
        });

    private static IOpenTelemetryBuilder AddLogs(this IOpenTelemetryBuilder telemetry, OtlpSignal signal) =>
        !signal.IsExported ? telemetry : telemetry.WithLogging(
            logs => logs.AddProcessor<LogRedaction>().AddOtlpExporter(signal.Configure),
            entries => (entries.IncludeScopes, entries.IncludeFormattedMessage) = (true, true));
}
