using System.Net.Sockets;
using MassTransit;
using Messaging.Outbox;
using Messaging.Outbox.Migrations;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>
/// Errors at the start that are caused by settings, not by a bug in the code. Each is reported in one line without a stack trace;
/// all other exceptions are rethrown.
/// </summary>
internal static class StartFailure
{
    private static readonly string[] FrameworkSources = ["Microsoft.Extensions.", "Microsoft.AspNetCore."];

    /// <returns>One line for each error; empty if the exception is not known to be about a setting.</returns>
    public static IReadOnlyList<string> LinesOf(Exception exception) => exception switch
    {
        OptionsValidationException options => [.. options.Failures],
        AggregateException many when many.InnerExceptions.All(e => LinesOf(e).Count > 0) => [.. many.InnerExceptions.SelectMany(LinesOf)],
        ConfigurationException or OutboxConfigurationException or MigrationException => [exception.Message],
        _ when MissingServices.Describe(exception) is { } missing => [missing],

        // The binder, the logging rules, the configuration files and Kestrel name the invalid value and its setting.
        InvalidOperationException or FormatException or InvalidDataException or UriFormatException when IsFromFramework(exception) => [Line(exception)],
        SocketException when IsFromKestrel(exception) => [$"{Line(exception)}: check the listening addresses (--urls, ASPNETCORE_URLS)"],
        IOException { InnerException: AddressInUseException } => [$"{Line(exception)} Stop the other process, or set another address by --urls"],
        IOException or SocketException or UnauthorizedAccessException => [Line(exception)],
        _ => [],
    };

    /// <summary>Whether the category is one of the two that log a failed start with a stack trace.</summary>
    public static bool IsReportedBy(string category) => category is "Microsoft.Extensions.Hosting.Internal.Host" or "Microsoft.AspNetCore.Server.Kestrel";

    /// <summary>
    /// Whether it is the entry of a failed start: the host's HostedServiceStartupFaulted, or Kestrel's only critical one.
    /// </summary>
    public static bool IsStartFailure(LogLevel level, EventId id) => id.Id == 11 || level == LogLevel.Critical;

    public static void Report(IEnumerable<string> lines)
    {
        foreach (var line in lines.Distinct(StringComparer.Ordinal))
        {
            Console.Error.WriteLine($"Cannot start: {line}");
        }
    }

    private static bool IsFromFramework(Exception exception) =>
        FrameworkSources.Any(name => exception.Source?.StartsWith(name, StringComparison.Ordinal) == true);

    private static bool IsFromKestrel(Exception exception) =>
        exception.StackTrace?.Contains("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal) == true;

    private static string Line(Exception exception) => exception.Message.ReplaceLineEndings(" ").Trim();
}
