using Messaging.Outbox.Dashboard;
using Messaging.ServiceDefaults.Hosting;
using Messaging.ServiceDefaults.Settings;

namespace Messaging.Standalone;

/// <summary>The dashboard of a process that one user runs for himself.</summary>
internal static class StandaloneDashboard
{
    private static readonly string[] ThisMachine = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>
    /// While the process listens on this machine alone, a browser signs in under a name of this machine: a page of somebody else whose name
    /// leads here is refused before a key is looked at.
    /// </summary>
    public static void AddDashboardHosts(this WebApplicationBuilder builder, string urls)
    {
        if (Urls(urls).All(url => ThisMachine.Contains(url.Host, StringComparer.OrdinalIgnoreCase)))
        {
            builder.Services.PostConfigure<DashboardOptions>(dashboard => dashboard.Hosts = dashboard.Hosts.Count > 0 ? dashboard.Hosts : ThisMachine);
        }
    }

    /// <summary>Prints a link that signs in to the process that runs in the same data folder.</summary>
    /// <returns>The exit code.</returns>
    public static int PrintLink(string[] args, TextWriter output)
    {
        var configuration = ServiceHost.CreateBuilder([.. args.Where(argument => argument != DashboardLink.Argument)]).Configuration;
        if (configuration.GetSection("Access:Keys").GetChildren().Any())
        {
            Console.Error.WriteLine("Access keys are configured, so the operator's key is not valid: sign in with one of them.");
            return 1;
        }

        var folder = configuration.ReadNow<StandaloneOptions>("Standalone").DataFolder;
        var url = Urls(configuration[WebHostDefaults.ServerUrlsKey] is { Length: > 0 } urls ? urls : StandaloneOptions.DefaultUrl)[0];
        var host = url.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "localhost" : url.Host;
        return DashboardLink.Print(
            Path.Combine(folder, StandaloneOptions.OperatorKeyFile),
            $"{url.Scheme}://{host}:{url.Port}{configuration["Dashboard:Path"] ?? new DashboardOptions().Path}",
            output);
    }

    private static List<BindingAddress> Urls(string urls) =>
        [.. urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(BindingAddress.Parse)];
}
