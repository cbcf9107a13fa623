using System.Text.RegularExpressions;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>Describes in one line why the container cannot create a service.</summary>
internal static partial class MissingServices
{
    /// <returns>Null if the exception is about something else.</returns>
    public static string? Describe(Exception exception) => exception is InvalidOperationException ? Describe(exception.GetBaseException().Message) : null;

    internal static string? Describe(string message)
    {
        if (Missing().Match(message) is { Success: true } missing)
        {
            var (service, user) = (missing.Groups["service"].Value, missing.Groups["user"].Value);
            return $"{user} needs {service}, which is not registered: add it, as in builder.Services.AddScoped<{Short(service)}, …>().";
        }

        return Scoped().Match(message) is { Success: true } scoped
            ? $"{scoped.Groups["user"].Value} is a singleton and uses {scoped.Groups["service"].Value}, which belongs to a scope: register it as scoped, or "
                + "take an IServiceScopeFactory."
            : null;
    }

    private static string Short(string name) => name[(name.LastIndexOf('.') + 1)..];

    [GeneratedRegex("Unable to resolve service for type '(?<service>[^']+)' while attempting to activate '(?<user>[^']+)'", RegexOptions.NonBacktracking)]
    private static partial Regex Missing();

    [GeneratedRegex("Cannot consume scoped service '(?<service>[^']+)' from singleton '(?<user>[^']+)'", RegexOptions.NonBacktracking)]
    private static partial Regex Scoped();
}
