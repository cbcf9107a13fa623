using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>What the programs log by themselves.</summary>
public static class LoggingExtensions
{
    /// <summary>Quietens what repeats itself, or says too much: a request's query string may hold an address.</summary>
    public static void AddLoggingDefaults(this ILoggingBuilder logging)
    {
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None); // the answer says it
        logging.AddFilter("Polly", LogLevel.Error); // what its pipelines let through is logged by whoever catches it
        logging.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(
            provider => new ConnectionLoggerFactory(ActivatorUtilities.CreateInstance<LoggerFactory>(provider), TimeProvider.System)));
    }
}
