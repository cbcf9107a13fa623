using Messaging.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Exporter;

namespace Messaging.Api.Tests.Telemetry;

/// <summary>What OpenTelemetry's variables say about one signal.</summary>
public sealed class OtlpSignalTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317", true)]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://collector:4317", true)]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://collector:4317", false)]
    [InlineData("OTEL_TRACES_EXPORTER=otlp", true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317 OTEL_TRACES_EXPORTER=none", false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317 OTEL_METRICS_EXPORTER=none", true)]
    public void A_signal_is_exported_if_its_variables_say_so(string variables, bool isExported) =>
        Assert.Equal(isExported, new OtlpSignal("TRACES", Settings(variables)).IsExported);

    [Fact]
    public void An_unknown_exporter_exports_nothing_and_is_named()
    {
        var signal = new OtlpSignal("TRACES", Settings("OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317 OTEL_TRACES_EXPORTER=zipkin"));

        Assert.False(signal.IsExported);
        Assert.Contains("OTEL_TRACES_EXPORTER", signal.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_of_a_signal_precede_those_of_all()
    {
        var options = new OtlpExporterOptions { Endpoint = new Uri("http://all:4317"), Headers = "all=1", TimeoutMilliseconds = 1 };
        var signal = new OtlpSignal(
            "LOGS",
            Settings("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=http://logs:4318/v1/logs OTEL_EXPORTER_OTLP_LOGS_PROTOCOL=http/protobuf OTEL_EXPORTER_OTLP_LOGS_HEADERS=logs=2 "
                + "OTEL_EXPORTER_OTLP_LOGS_TIMEOUT=2 OTEL_EXPORTER_OTLP_LOGS_COMPRESSION=gzip"));

        signal.Configure(options);

        Assert.Equal(
            ("http://logs:4318/v1/logs", OtlpExportProtocol.HttpProtobuf, "logs=2", 2, OtlpExportCompression.GZip),
            (options.Endpoint.ToString(), options.Protocol, options.Headers, options.TimeoutMilliseconds, options.Compression));
    }

    [Fact]
    public void Without_variables_of_its_own_a_signal_keeps_those_of_all()
    {
        var options = new OtlpExporterOptions { Endpoint = new Uri("http://all:4317"), Headers = "all=1", TimeoutMilliseconds = 1, Protocol = OtlpExportProtocol.HttpProtobuf };

        new OtlpSignal("LOGS", Settings("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://traces:4317")).Configure(options);

        Assert.Equal(("http://all:4317/", OtlpExportProtocol.HttpProtobuf, "all=1", 1), (options.Endpoint.ToString(), options.Protocol, options.Headers, options.TimeoutMilliseconds));
    }

    private static IConfiguration Settings(string variables) => new ConfigurationBuilder()
        .AddInMemoryCollection(variables.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(variable => variable.Split('=', 2))
            .Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1])))
        .Build();
}
