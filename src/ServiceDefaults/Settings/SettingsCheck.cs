using Messaging.Outbox;
using Microsoft.Extensions.Configuration;

namespace Messaging.ServiceDefaults.Settings;

/// <summary>
/// Compares what is configured with what is read, wherever it was configured: in a file, the environment or on the command line. Only what stands in a
/// section that this process reads counts, and a section whose name is nearly one of them. Sections of the framework and variables of the system do not.
/// </summary>
internal sealed class SettingsCheck(IConfiguration configuration, IEnumerable<SettingsSection> sections)
{
    private readonly List<SettingsSection> _sections = [.. sections];
    private readonly List<string> _unknown = [], _wrong = [];

    /// <summary>Looks at everything once.</summary>
    /// <returns>What nobody reads, with what may be meant; and what cannot be the value of its setting.</returns>
    public (IReadOnlyList<string> Unknown, IReadOnlyList<string> Wrong) Run()
    {
        foreach (var section in configuration.GetChildren())
        {
            var known = _sections.Where(s => s.Name.Equals(section.Key, StringComparison.OrdinalIgnoreCase)).ToList();
            if (known.Count > 0)
            {
                CheckSection(section, known);
            }
            else if (section.GetChildren().Any() && Nearest.To(section.Key, _sections.Select(s => s.Name)) is { } near)
            {
                _unknown.Add($"{section.Key} is not a section; did you mean {near}?");
            }
        }

        return (_unknown, _wrong);
    }

    private void CheckSection(IConfigurationSection section, List<SettingsSection> known)
    {
        if (known.Find(s => s.IsKeyed) is { } keyed)
        {
            foreach (var named in section.GetChildren())
            {
                CheckProperties(named, SettingsModel.PropertiesOf(keyed.Type), isComplete: true);
            }

            return;
        }

        var types = known.Select(s => s.Type).Distinct().ToList();
        var properties = types.SelectMany(SettingsModel.PropertiesOf).DistinctBy(p => p.Key, StringComparer.OrdinalIgnoreCase);
        CheckProperties(
            section,
            properties.ToDictionary(p => p.Key, p => p.Value, StringComparer.OrdinalIgnoreCase),
            isComplete: types.Count > 1 || !known[0].IsPart);
    }

    private void CheckProperties(IConfigurationSection section, IReadOnlyDictionary<string, Type> properties, bool isComplete)
    {
        foreach (var child in section.GetChildren())
        {
            if (properties.TryGetValue(child.Key, out var type))
            {
                Check(child, type);
            }
            else if (Nearest.To(child.Key, properties.Keys) is { } near)
            {
                _unknown.Add($"{child.Path} is not a setting; did you mean {section.Path}:{near}?");
            }
            else if (isComplete)
            {
                _unknown.Add($"{child.Path} is not a setting; there are {string.Join(", ", properties.Keys.Order(StringComparer.Ordinal))}");
            }
        }
    }

    private void Check(IConfigurationSection section, Type type)
    {
        if (SettingsModel.IsValue(type))
        {
            if (section.GetChildren().FirstOrDefault() is { } below)
            {
                _wrong.Add($"{section.Path} has to be a single value, and {below.Path} stands below it");
            }

            if (section.Value is { } text && SettingsModel.Expected(type, text) is { } expected)
            {
                _wrong.Add($"{section.Path} has to be {expected}"); // without what it is: it may be a secret in the wrong place
            }
        }
        else if (!string.IsNullOrEmpty(section.Value)) // an empty one is an empty list
        {
            // The binder passes over it: a key to sign with, or a proxy that is trusted, would be none.
            _wrong.Add($"{section.Path} has no value of its own: write {section.Path}:{SettingsModel.FirstOf(type)}, and so on");
        }
        else if (SettingsModel.EntryOf(type) is { } entry)
        {
            foreach (var child in section.GetChildren())
            {
                Check(child, entry);
            }
        }
        else
        {
            CheckProperties(section, SettingsModel.PropertiesOf(type), isComplete: true);
        }
    }
}
