using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>Default log filters of the programs.</summary>
public static class LoggingExtensions
{
    /// <summary>Filters entries that repeat, or that contain too much: a request's query string can hold a mail address.</summary>
    public static void AddLoggingDefaults(this ILoggingBuilder logging)
    {
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None); // the response contains the result
        logging.AddFilter("Polly", LogLevel.Error); // failures that its pipelines pass on are logged where they are caught
        logging.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(
            provider => new ConnectionLoggerFactory(ActivatorUtilities.CreateInstance<LoggerFactory>(provider), TimeProvider.System)));
    }
}
