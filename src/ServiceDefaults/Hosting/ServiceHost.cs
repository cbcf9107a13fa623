using Microsoft.AspNetCore.Builder;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>
/// The hosts of the processes. Settings are read once, at the start. ASP.NET would watch for changed files instead, with everything below the working
/// directory, and would wake up for each file that anybody writes there.
/// </summary>
public static class ServiceHost
{
    private const string ReadSettingsOnce = "--hostBuilder:reloadConfigOnChange=false";

    /// <summary>The host of an API.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] arguments) => WebApplication.CreateBuilder([ReadSettingsOnce, .. arguments]);

    /// <summary>The host of a process that answers to health checks only.</summary>
    public static WebApplicationBuilder CreateSlimBuilder(string[] arguments) => WebApplication.CreateSlimBuilder([ReadSettingsOnce, .. arguments]);
}
