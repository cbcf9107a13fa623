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

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPONT=http://collector:4317", "OTEL_EXPORTER_OTLP_ENDPONT is not read; write OTEL_EXPORTER_OTLP_ENDPOINT")]
    [InlineData("OTEL_EXPORTER_OLTP_ENDPOINT=http://collector:4317", "OTEL_EXPORTER_OLTP_ENDPOINT is not read; write OTEL_EXPORTER_OTLP_ENDPOINT")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE=a.pem", "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE is not read; remove it")]
    [InlineData("OTEL_EXPORTER_ZIPKIN_ENDPOINT=http://collector:4317 OTEL_EXPORTER_OTLP_INSECURE=true", null)]
    [InlineData(
        "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318",
        "OTEL_EXPORTER_OTLP_ENDPOINT has a collector's HTTP port, 4318, and grpc is used; with that port, set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", null)]
    [InlineData(
        "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318/v1/traces OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
        "OTEL_EXPORTER_OTLP_ENDPOINT is for all signals; write it without /v1/traces")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://localhost:4318/v1/traces OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", null)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_EXPORTER_OTLP_PROTOCOL=http", "OTEL_EXPORTER_OTLP_PROTOCOL must be grpc or http/protobuf; grpc is used")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_TRACES_SAMPLER=traceidratio OTEL_TRACES_SAMPLER_ARG=2", "OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1, such as 0.05; 1 is used")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_METRIC_EXPORT_INTERVAL=60s", "OTEL_METRIC_EXPORT_INTERVAL must be a number of milliseconds, such as 60000; 60000 is used")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_TRACES_SAMPLER=Always_On OTEL_METRIC_EXPORT_INTERVAL=300", null)]
    public void A_mistake_is_named_with_what_to_write(string variables, string? problem)
    {
        var problems = new OtlpSignals(Settings(variables)).Problems;

        Assert.Equal(problem, problems.SingleOrDefault());
    }

    [Fact]
    public void All_mistakes_are_named_also_with_a_wrong_endpoint()
    {
        var problems = new OtlpSignals(Settings(
            "OTEL_EXPORTER_OTLP_ENDPOINT=collector OTEL_EXPORTER_OTLP_PROTOCOL=http OTEL_TRACES_SAMPLER=half OTEL_METRIC_EXPORT_INTERVAL=1m")).Problems;

        Assert.Equal(
            ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_TRACES_SAMPLER", "OTEL_METRIC_EXPORT_INTERVAL"], problems.Select(p => p.Split(' ')[0]));
        Assert.Contains(problems, p => p.Contains("traceidratio, parentbased_always_on", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://user:secret@c:4318/token OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "Traces, metrics and logs: http://c:4318 by http/protobuf")]
    [InlineData("OTEL_TRACES_EXPORTER=otlp", "Traces: http://localhost:4317 by grpc")]
    [InlineData(
        "OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=http://l:4318/v1/logs OTEL_EXPORTER_OTLP_LOGS_PROTOCOL=http/protobuf",
        "Traces and metrics: http://c:4317 by grpc; Logs: http://l:4318 by http/protobuf")]
    public void Where_signals_go_is_known_without_secrets(string variables, string places) =>
        Assert.Equal(places, string.Join("; ", new OtlpSignals(Settings(variables)).Places.Select(p => $"{p.Signals}: {p.Address} by {p.Protocol}")));

    private static IConfiguration Settings(params IEnumerable<(string Name, string Value)> variables) => new ConfigurationBuilder()
        .AddInMemoryCollection(variables.GroupBy(v => v.Name).Select(v => KeyValuePair.Create(v.Key, (string?)v.Last().Value)))
        .Build();

    private static IConfiguration Settings(string variables) => new ConfigurationBuilder()
        .AddInMemoryCollection(variables.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(variable => variable.Split('=', 2))
            .Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1])))
        .Build();
}
