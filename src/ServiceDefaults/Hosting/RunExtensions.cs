using Messaging.ServiceDefaults.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>Validates a host before it runs.</summary>
public static class RunExtensions
{
    /// <summary>Validates all settings. Call it before anything that uses them is resolved.</summary>
    /// <returns>False if a setting is wrong; each one is reported on standard error.</returns>
    public static bool SettingsAreValid(this IHost host)
    {
        var lines = WrongSettings(host);
        StartFailure.Report(lines);
        return lines.Count == 0;
    }

    private static IReadOnlyList<string> WrongSettings(IHost host)
    {
        // The binder stops at the first value that it cannot convert; this check reports all of them.
        if (host.Services.GetService<SettingsCheck>()?.Run().Wrong is { Count: > 0 } wrong)
        {
            return wrong;
        }

        try
        {
            host.Services.GetService<IStartupValidator>()?.Validate();
            return [];
        }
        catch (Exception exception) when (StartFailure.LinesOf(exception) is { Count: > 0 } lines)
        {
            return [.. lines.Select(line => ValidationText.Of(line, host.Services.GetServices<SettingsSection>()))];
        }
    }
}
