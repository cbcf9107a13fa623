using Messaging.Outbox;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>
/// A program's own arguments, such as <c>--migrate</c>, beside the settings (<c>--Database:Host=db</c>, <c>--Database:Host db</c>). The configuration
/// passes over what it does not understand, and takes what follows a name without a value for its value.
/// </summary>
internal static class Arguments
{
    /// <summary>Settings of the host that stand in no section. Any other without one is of nobody: <c>--url</c>, <c>--port</c>.</summary>
    private static readonly string[] OfTheHost =
    [
        "urls", "http_ports", "https_ports", "https_port", "environment", "contentRoot", "webroot", "applicationName", "AllowedHosts", "captureStartupErrors",
        "detailedErrors", "forwardedHeaders_enabled", "hostingStartupAssemblies", "hostingStartupExcludeAssemblies", "preferHostingUrls",
        "preventHostingStartup", "shutdownTimeoutSeconds", "startupAssembly", "staticWebAssets", "suppressStatusMessages",
    ];

    /// <summary>What is left for the configuration, also what is given twice: two settings may have one value.</summary>
    public static string[] WithoutOwn(string[] arguments, params IEnumerable<string> own) =>
        [.. arguments.Where(argument => !own.Contains(argument, StringComparer.Ordinal))];

    /// <summary>What is neither one of the program's own nor a setting; null when there is none.</summary>
    public static string? Problem(string[] arguments, IReadOnlyList<string> own)
    {
        var settings = WithoutOwn(arguments, own);
        for (var i = 0; i < settings.Length; i++)
        {
            var argument = settings[i];
            if (argument.Contains('=', StringComparison.Ordinal) || HasValueBehind(settings, i))
            {
                var name = argument.Split('=')[0].TrimStart('-', '/');
                if (!argument.EndsWith('=') // a section of a test host, which gives the program all that it was configured with
                    && !name.Contains(':', StringComparison.Ordinal) && !OfTheHost.Contains(name, StringComparer.OrdinalIgnoreCase))
                {
                    return Nearest.To(name, OfTheHost) is { } meant
                        ? $"--{name} is no setting; did you mean --{meant}?"
                        : $"--{name} is no setting: one stands in a section, as in --Database:Host=db. An address to listen on is --urls=http://localhost:9000";
                }

                i += argument.Contains('=', StringComparison.Ordinal) ? 0 : 1;
                continue;
            }

            return Nearest.To(argument, own) is { } near
                ? $"{argument} is no argument; did you mean {near}?"
                : $"{argument} is no argument and no setting: a setting has a value, as in --Database:Host=db. --help has the arguments.";
        }

        return null;
    }

    private static bool HasValueBehind(string[] settings, int i) =>
        settings[i].StartsWith("--", StringComparison.Ordinal) && i + 1 < settings.Length && !settings[i + 1].StartsWith('-');
}
