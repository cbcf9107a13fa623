using Messaging.Outbox;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>
/// A program's own arguments, such as <c>--migrate</c>, beside the settings (<c>--Database:Host=db</c>, <c>--Database:Host db</c>). The configuration
/// passes over what it does not understand, and takes what follows a name without a value for its value.
/// </summary>
internal static class Arguments
{
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
            if (argument.Contains('=', StringComparison.Ordinal))
            {
                continue;
            }

            if (argument.StartsWith("--", StringComparison.Ordinal) && i + 1 < settings.Length && !settings[i + 1].StartsWith('-'))
            {
                i++; // its value
                continue;
            }

            return Nearest.To(argument, own) is { } near
                ? $"{argument} is no argument; did you mean {near}?"
                : $"{argument} is no argument and no setting: a setting has a value, as in --Database:Host=db. --help has the arguments.";
        }

        return null;
    }
}
