using System.Net.Sockets;
using MassTransit;
using Messaging.Outbox.Migrations;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>
/// What ends a start and is somebody's setting, not a mistake in the code: it is said in a line each, without a stack trace. All else is thrown on.
/// </summary>
internal static class StartFailure
{
    private static readonly string[] OfTheFramework = ["Microsoft.Extensions.", "Microsoft.AspNetCore."];

    /// <returns>The lines; none when it is not known to be about a setting.</returns>
    public static IReadOnlyList<string> LinesOf(Exception exception) => exception switch
    {
        OptionsValidationException options => [.. options.Failures],
        AggregateException many when many.InnerExceptions.All(e => LinesOf(e).Count > 0) => [.. many.InnerExceptions.SelectMany(LinesOf)],
        ConfigurationException or MigrationException => [exception.Message],
        _ when MissingServices.Describe(exception) is { } missing => [missing],

        // The binder, the logging rules, the configuration files and Kestrel say which text they do not understand, and at which setting.
        InvalidOperationException or FormatException or InvalidDataException or UriFormatException when IsOfTheFramework(exception) => [Line(exception)],
        SocketException when IsOfKestrel(exception) => [$"{Line(exception)}: look at the addresses to listen on (--urls, ASPNETCORE_URLS)"],
        IOException { InnerException: AddressInUseException } => [$"{Line(exception)} Stop what listens there, or name another address by --urls"],
        IOException or SocketException or UnauthorizedAccessException => [Line(exception)],
        _ => [],
    };

    /// <summary>Whether it is one of the two that log why a start failed, with the stack trace.</summary>
    public static bool IsReportedBy(string category) => category is "Microsoft.Extensions.Hosting.Internal.Host" or "Microsoft.AspNetCore.Server.Kestrel";

    /// <summary>Whether it is that entry: the host's HostedServiceStartupFaulted, or Kestrel's only critical one.</summary>
    public static bool IsOfStart(LogLevel level, EventId id) => id.Id == 11 || level == LogLevel.Critical;

    public static void Report(IEnumerable<string> lines)
    {
        foreach (var line in lines.Distinct(StringComparer.Ordinal))
        {
            Console.Error.WriteLine($"Cannot start: {line}");
        }
    }

    private static bool IsOfTheFramework(Exception exception) =>
        OfTheFramework.Any(name => exception.Source?.StartsWith(name, StringComparison.Ordinal) == true);

    private static bool IsOfKestrel(Exception exception) =>
        exception.StackTrace?.Contains("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal) == true;

    private static string Line(Exception exception) => exception.Message.ReplaceLineEndings(" ").Trim();
}
