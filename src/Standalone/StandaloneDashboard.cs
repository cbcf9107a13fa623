using Messaging.Outbox.Dashboard;
using Messaging.ServiceDefaults.Hosting;
using Messaging.ServiceDefaults.Settings;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Options;

namespace Messaging.Standalone;

/// <summary>The dashboard of a process that one user runs for themselves.</summary>
internal static class StandaloneDashboard
{
    private const string AddressFile = "dashboard.url";

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

    /// <summary>
    /// Leaves the dashboard's address in the data folder for as long as the process listens, so that <see cref="PrintLink"/> needs to be told nothing but the
    /// folder. Not while access keys are configured: the operator's key, with which a link is made, is not valid then.
    /// </summary>
    public static void WritesDashboardAddress(this WebApplication app, string folder)
    {
        var file = Path.Combine(folder, AddressFile);
        File.Delete(file); // of a process that was killed
        if (app.Configuration.GetSection("Access:Keys").GetChildren().Any())
        {
            return;
        }

        app.Lifetime.ApplicationStarted.Register(() =>
        {
            if (new ListenedAddresses(app.Services.GetRequiredService<IServer>()).ForBrowsers is { } address)
            {
                File.WriteAllText(file, address + app.Services.GetRequiredService<IOptions<DashboardOptions>>().Value.Path);
            }
        });
        app.Lifetime.ApplicationStopped.Register(() => File.Delete(file));
    }

    /// <summary>Prints a link that signs in to the process that runs on the same data folder, wherever it listens; or what is missing for one.</summary>
    /// <returns>The exit code.</returns>
    public static int PrintLink(string[] args, TextWriter output, TextWriter error)
    {
        var configuration = ServiceHost.CreateBuilder([.. args.Where(argument => argument != DashboardLink.Argument)]).Configuration;
        var folder = Path.GetFullPath(configuration.ReadNow<StandaloneOptions>("Standalone").DataFolder);
        if (!DataFolder.IsOwned(folder))
        {
            error.WriteLine($"Nothing runs on the data folder {folder}. Start it, or name the folder of the one that runs: {DashboardLink.Argument} --Standalone:DataFolder=/some/dir");
            return 1;
        }

        if (!File.Exists(Path.Combine(folder, AddressFile)))
        {
            error.WriteLine($"What runs on {folder} does not listen yet, or has access keys configured, so that the operator's key is not valid: sign in with one of them.");
            return 1;
        }

        return DashboardLink.Print(Path.Combine(folder, StandaloneOptions.OperatorKeyFile), File.ReadAllText(Path.Combine(folder, AddressFile)), output);
    }

    private static List<BindingAddress> Urls(string urls) =>
        [.. urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(BindingAddress.Parse)];
}
