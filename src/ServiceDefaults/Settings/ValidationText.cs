using System.Text.RegularExpressions;

namespace Messaging.ServiceDefaults.Settings;

/// <summary>Replaces the class name in data annotation errors with the name of the setting.</summary>
internal static partial class ValidationText
{
    public static string Of(string failure, IEnumerable<SettingsSection> sections)
    {
        if (Annotation().Match(failure) is not { Success: true } found)
        {
            return failure;
        }

        var error = found.Groups["error"].Value;
        var section = sections.FirstOrDefault(s => s.Type.Name == found.Groups["type"].Value)?.Name;
        return section is null || error.Contains($"{section}:", StringComparison.Ordinal) || error.StartsWith($"{section} ", StringComparison.Ordinal)
            ? error
            : $"{section}:{found.Groups["members"].Value}: {error}";
    }

    [GeneratedRegex(
        "\\ADataAnnotation validation failed for '(?<type>[^']+)' members: '(?<members>[^']*)' with the error: '(?<error>.*)'\\.\\z",
        RegexOptions.NonBacktracking | RegexOptions.Singleline)]
    private static partial Regex Annotation();
}
