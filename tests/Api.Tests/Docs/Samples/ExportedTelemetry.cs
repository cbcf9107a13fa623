using Messaging.Outbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace UserOfTheLibrary;

internal static class ExportedTelemetry
{
    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddOpenTelemetry()
            .WithTracing(traces => traces.AddSource(OutboxTelemetry.Name).AddOtlpExporter())
            .WithMetrics(metrics => metrics.AddMeter(OutboxTelemetry.Name).AddOtlpExporter());
    }
}
