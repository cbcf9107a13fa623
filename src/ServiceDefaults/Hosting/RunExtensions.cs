using Messaging.ServiceDefaults.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>Checks a host before it is run.</summary>
public static class RunExtensions
{
    /// <summary>Checks all settings at once; to be called before anything is resolved that uses them.</summary>
    /// <returns>False after naming each wrong setting on the error output.</returns>
    public static bool SettingsAreValid(this IHost host)
    {
        var lines = WrongSettings(host);
        StartFailure.Report(lines);
        return lines.Count == 0;
    }

    private static IReadOnlyList<string> WrongSettings(IHost host)
    {
        // What is no value of its setting stops the binder at the first; here all are named.
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
