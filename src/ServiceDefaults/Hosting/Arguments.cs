using Messaging.Outbox.Redelivery;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>
/// Separates a program's own arguments, such as <c>--migrate</c>, from settings (<c>--Database:Host=db</c>, <c>--Database:Host
/// db</c>). The command line configuration provider ignores what it does not understand, and takes the argument after a name
/// without a value as its value.
/// </summary>
internal static class Arguments
{
    /// <summary>
    /// Settings of the host that belong to no section. Any other name without a section is an error, such as <c>--url</c> or
    /// <c>--port</c>.
    /// </summary>
    private static readonly string[] HostSettings =
    [
        "urls", "http_ports", "https_ports", "https_port", "environment", "contentRoot", "webroot", "applicationName", "AllowedHosts", "captureStartupErrors",
        "detailedErrors", "forwardedHeaders_enabled", "hostingStartupAssemblies", "hostingStartupExcludeAssemblies", "preferHostingUrls",
        "preventHostingStartup", "shutdownTimeoutSeconds", "startupAssembly", "staticWebAssets", "suppressStatusMessages",
    ];

    /// <summary>
    /// The arguments without the program's own, in their order; duplicates stay, because two settings may have the same value.
    /// </summary>
    public static string[] WithoutOwn(string[] arguments, params IEnumerable<string> own) =>
        [.. arguments.Where(argument => !own.Contains(argument, StringComparer.Ordinal))];

    /// <summary>Describes the first argument that is neither one of the program's own nor a setting; null if there is none.</summary>
    public static string? Problem(string[] arguments, IReadOnlyList<string> own)
    {
        var settings = WithoutOwn(arguments, own);
        for (var i = 0; i < settings.Length; i++)
        {
            var argument = settings[i];
            if (argument.Contains('=', StringComparison.Ordinal) || IsFollowedByValue(settings, i))
            {
                var name = argument.Split('=')[0].TrimStart('-', '/');
                if (!argument.EndsWith('=') // a name with a section; or an empty value, which a test host passes
                    && !name.Contains(':', StringComparison.Ordinal) && !HostSettings.Contains(name, StringComparer.OrdinalIgnoreCase))
                {
                    return Nearest.To(name, HostSettings) is { } meant
                        ? $"--{name} is not a setting; did you mean --{meant}?"
                        : $"--{name} is not a setting. Settings have a section, as in --Database:Host=db. To set the listening address, use --urls=http://localhost:9000";
                }

                i += argument.Contains('=', StringComparison.Ordinal) ? 0 : 1;
                continue;
            }

            return Nearest.To(argument, own) is { } near
                ? $"{argument} is not an argument; did you mean {near}?"
                : $"{argument} is neither an argument nor a setting. Settings have a value, as in --Database:Host=db. --help lists the arguments.";
        }

        return null;
    }

    private static bool IsFollowedByValue(string[] settings, int i) =>
        settings[i].StartsWith("--", StringComparison.Ordinal) && i + 1 < settings.Length && !settings[i + 1].StartsWith('-');
}
