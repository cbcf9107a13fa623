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
        Assert.StartsWith("OTEL_TRACES_EXPORTER ", Assert.Single(signal.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "Bearer LeakedValue")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "a=LeakedValue,A=2")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "=LeakedValue")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "a b=LeakedValue")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "a=LeakedValue%0A")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", ",")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "a=LeakedValue,2")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "content-type=LeakedValue")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "LeakedValue")]
    [InlineData("OTEL_EXPORTER_OTLP_CERTIFICATE", "/nowhere/LeakedValue.pem")]
    [InlineData("OTEL_EXPORTER_OTLP_CERTIFICATE", "/proc/self/status")]
    [InlineData("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "/nowhere/LeakedValue.pem")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "LeakedValue:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "not an address")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "LeakedValue:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "/v1/traces")]
    public void Without_a_place_or_its_headers_a_signal_is_not_exported(string name, string value)
    {
        var signal = new OtlpSignal("TRACES", Settings(("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector:4317"), (name, value)));

        Assert.False(signal.IsExported);
        var problem = Assert.Single(signal.Problems);
        Assert.StartsWith($"{name} must be ", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("LeakedValue", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PROTOCOL", "http")]
    [InlineData("TIMEOUT", "10s")]
    [InlineData("TIMEOUT", "0")]
    [InlineData("COMPRESSION", "zip")]
    public void Other_wrong_values_are_named_and_have_their_default(string variable, string value)
    {
        var own = new OtlpSignal("LOGS", Settings(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"), ($"OTEL_EXPORTER_OTLP_LOGS_{variable}", value)));
        var all = new OtlpSignal("LOGS", Settings(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"), ($"OTEL_EXPORTER_OTLP_{variable}", value)));
        var options = new OtlpExporterOptions { Protocol = OtlpExportProtocol.HttpProtobuf, TimeoutMilliseconds = variable == "TIMEOUT" && value == "0" ? 0 : 10_000 };

        own.Configure(options);

        Assert.True(own.IsExported && all.IsExported);
        Assert.StartsWith($"OTEL_EXPORTER_OTLP_LOGS_{variable} must be ", Assert.Single(own.Problems), StringComparison.Ordinal);
        Assert.StartsWith($"OTEL_EXPORTER_OTLP_{variable} must be ", Assert.Single(all.Problems), StringComparison.Ordinal);
        Assert.Equal((OtlpExportProtocol.HttpProtobuf, 10_000, OtlpExportCompression.None), (options.Protocol, options.TimeoutMilliseconds, options.Compression));
    }

    [Theory]
    [InlineData("authorization=Bearer%20abc")]
    [InlineData("authorization=Bearer abc==, x-tenant=1")]
    [InlineData("a=1%2Cb=2")]
    [InlineData("a=1, b=2")]
    [InlineData("a=")]
    public void Headers_that_are_accepted_make_an_exporter(string headers)
    {
        var signal = new OtlpSignal("TRACES", Settings(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"), ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", headers)));
        var options = new OtlpExporterOptions();

        signal.Configure(options);

        Assert.True(signal.IsExported);
        Assert.Empty(signal.Problems);
        using var exporter = new OtlpTraceExporter(options);
    }

    [Fact]
    public void A_signal_that_is_not_exported_names_nothing()
    {
        var signals = new OtlpSignals(Settings(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"), ("OTEL_EXPORTER_OTLP_HEADERS", "wrong"), ("OTEL_TRACES_EXPORTER", "none"), ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "x")));

        Assert.False(signals.AreExported);
        Assert.StartsWith("OTEL_EXPORTER_OTLP_HEADERS ", Assert.Single(signals.Problems), StringComparison.Ordinal);
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

    private static IConfiguration Settings(params IEnumerable<(string Name, string Value)> variables) => new ConfigurationBuilder()
        .AddInMemoryCollection(variables.GroupBy(v => v.Name).Select(v => KeyValuePair.Create(v.Key, (string?)v.Last().Value)))
        .Build();

    private static IConfiguration Settings(string variables) => new ConfigurationBuilder()
        .AddInMemoryCollection(variables.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(variable => variable.Split('=', 2))
            .Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1])))
        .Build();
}
