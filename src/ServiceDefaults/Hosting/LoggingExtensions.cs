using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>Default log filters of the programs.</summary>
public static class LoggingExtensions
{
    /// <summary>Filters entries that repeat, or that contain too much: a request's query string can hold a mail address.</summary>
    public static void AddLoggingDefaults(this ILoggingBuilder logging)
    {
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None); // the response contains the result
        logging.AddFilter("Polly", LogLevel.None); // failures that its pipelines pass on are logged where they are caught, with what to do
        logging.AddJsonDefaults();
        logging.Services.AddSingleton<IExternalScopeProvider, ShownScopes>();
        logging.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(
            provider => new ConnectionLoggerFactory(ActivatorUtilities.CreateInstance<LoggerFactory>(provider), TimeProvider.System)));
    }

    /// <summary>
    /// <c>Logging:Console:FormatterName=json</c> writes one JSON object a line, with scopes and UTC times unless the settings say
    /// otherwise. The slim host would ignore the setting, because it sets a formatter itself.
    /// </summary>
    private static void AddJsonDefaults(this ILoggingBuilder logging)
    {
        const string Console = "Logging:Console", Options = $"{Console}:FormatterOptions";
        logging.Services.AddOptions<ConsoleLoggerOptions>().PostConfigure<IConfiguration>((options, configuration) =>
            options.FormatterName = configuration[$"{Console}:{nameof(options.FormatterName)}"] ?? options.FormatterName);
        logging.Services.AddOptions<JsonConsoleFormatterOptions>().PostConfigure<IConfiguration>((options, configuration) =>
        {
            var section = configuration.GetSection(Options);
            options.IncludeScopes |= section[nameof(options.IncludeScopes)] is null;
            options.UseUtcTimestamp |= section[nameof(options.UseUtcTimestamp)] is null;
            options.TimestampFormat ??= "yyyy-MM-ddTHH:mm:ss.fffK";
        });
    }
}
