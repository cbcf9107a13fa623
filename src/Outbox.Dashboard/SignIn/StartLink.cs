using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Dashboard.SignIn;

/// <summary>
/// Prints a link that signs in once, when the process listens, as long as the operator's key file is in force. To a terminal only: what is
/// logged, and what a program reads, is kept. <see cref="DashboardLink"/> prints another one.
/// </summary>
internal sealed partial class StartLink(
    IOptions<AccessOptions> access, SignInCodes codes, LinkGenerator links, IServer server, ILogger<StartLink> logger, IOptionsMonitor<ConsoleLoggerOptions> console)
{
    private static readonly string[] Wildcards = ["*", "+", "0.0.0.0", "[::]"];

    public static void PrintWhenStarted(IServiceProvider services, SignInCodes codes) =>
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(
            () => ActivatorUtilities.CreateInstance<StartLink>(services, codes).Print());

    private void Print()
    {
        if (access.Value.Local is not { } key || Address() is not { } address || links.GetPathByName(Files.FilesEndpoint.Name, values: null) is not { } path)
        {
            return;
        }

        var url = address + path.TrimEnd('/');
        LogAddress(url);
        if (IsReadByAPerson(console.CurrentValue.FormatterName, Console.IsOutputRedirected))
        {
            Console.WriteLine($"The dashboard, with a link that signs in once and for ten minutes: {DashboardLink.With(codes.New(key), url)}");
        }
    }

    /// <summary>Whether what is printed is seen by whoever started the process, and not read by a program that keeps it: a journal, a container's log.</summary>
    internal static bool IsReadByAPerson(string? formatter, bool isRedirected) => formatter != ConsoleFormatterNames.Json && !isRedirected;

    private string? Address() => (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        .Select(BindingAddress.Parse)
        .Where(a => !a.IsUnixPipe && !a.IsNamedPipe && a.Port != 0)
        .Select(a => new UriBuilder(a.Scheme, Wildcards.Contains(a.Host, StringComparer.Ordinal) ? "localhost" : a.Host, a.Port).Uri.GetLeftPart(UriPartial.Authority))
        .FirstOrDefault();

    [LoggerMessage(EventId = 2021, EventName = "DashboardAddress", Level = LogLevel.Information, Message = "The dashboard is at {Url}; the operator's key signs in to it")]
    private partial void LogAddress(string url);
}
