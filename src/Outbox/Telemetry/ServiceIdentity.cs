using System.Reflection;

namespace Messaging.Outbox;

/// <summary>
/// What this process is called in health checks, in <c>/workers</c>, at its start and in telemetry. Register another one before the
/// outbox is added to replace the defaults.
/// </summary>
/// <param name="Name">The service, the same for all its processes. Default: the application's name.</param>
/// <param name="Version">The version of the application, with the commit if it was built in a git repository.</param>
public sealed record ServiceIdentity(string Name, string Version)
{
    /// <summary>The process among all of the service: <c>machine:process</c>, the name that attempts and queues show.</summary>
    public string Instance => WorkerName.Value;

    /// <summary>The application of this name, with the version of its assembly.</summary>
    public static ServiceIdentity Of(string application)
    {
        var assembly = AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(a => a.GetName().Name == application) ?? Assembly.GetEntryAssembly();
        return new(application, assembly?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown");
    }
}
