using Messaging.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Tests.Telemetry;

/// <summary>The console's format is a setting of .NET's own, in the host of an API and in the slim one of a worker.</summary>
public sealed class JsonConsoleTests
{
    private const string Json = "--Logging:Console:FormatterName=json";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Json_has_scopes_and_utc_times(bool isSlim)
    {
        await using var app = Build(isSlim, Json);

        Assert.Equal(ConsoleFormatterNames.Json, app.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName);
        var options = app.Services.GetRequiredService<IOptions<JsonConsoleFormatterOptions>>().Value;
        Assert.Equal((true, true), (options.IncludeScopes, options.UseUtcTimestamp));
        Assert.NotNull(options.TimestampFormat);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Settings_of_the_format_have_the_last_word(bool isSlim)
    {
        await using var app = Build(isSlim, Json, "--Logging:Console:FormatterOptions:IncludeScopes=false", "--Logging:Console:FormatterOptions:TimestampFormat=HH");

        var options = app.Services.GetRequiredService<IOptions<JsonConsoleFormatterOptions>>().Value;
        Assert.Equal((false, "HH"), (options.IncludeScopes, options.TimestampFormat));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_the_setting_the_format_is_for_people(bool isSlim)
    {
        await using var app = Build(isSlim);

        Assert.NotEqual(ConsoleFormatterNames.Json, app.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName);
    }

    private static WebApplication Build(bool isSlim, params string[] arguments)
    {
        var builder = isSlim ? ServiceHost.CreateSlimBuilder(arguments) : ServiceHost.CreateBuilder(arguments);
        builder.Logging.AddLoggingDefaults();
        return builder.Build();
    }
}
