using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Tests.MassTransit.Starting;

/// <summary>What a host with an outbox says at its start.</summary>
internal static class StartWarnings
{
    /// <param name="file">The database.</param>
    /// <param name="configure">Adds the consumers.</param>
    /// <param name="beginning">How the lines begin that are looked for.</param>
    public static async Task<IEnumerable<string>> OfAsync(string file, Action<IBusRegistrationConfigurator> configure, string beginning)
    {
        var log = new LogCapture();
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders().AddProvider(log);
        builder.Services.AddMassTransit(x =>
        {
            x.DisableUsageTelemetry();
            x.AddOutbox(o => o.UseSqlite(file).Configure(options => options.Dispatch = false));
            configure(x);
            x.UsingInMemory((context, bus) => bus.ConfigureEndpoints(context));
        });
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
        return log.Lines.Where(line => line.StartsWith(beginning, StringComparison.Ordinal));
    }
}
