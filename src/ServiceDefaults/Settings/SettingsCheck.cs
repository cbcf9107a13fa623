using Messaging.Outbox.Redelivery;
using Microsoft.Extensions.Configuration;

namespace Messaging.ServiceDefaults.Settings;

/// <summary>
/// Compares the configured settings with those that are read, whatever their source: a file, the environment or the command line.
/// It checks sections that this process reads, and sections whose names are close to one of them. Sections of the framework and
/// system variables are not checked.
/// </summary>
internal sealed class SettingsCheck(IConfiguration configuration, IEnumerable<SettingsSection> sections)
{
    private readonly List<SettingsSection> _sections = [.. sections];
    private readonly List<string> _unknown = [], _wrong = [];

    /// <summary>Checks the whole configuration.</summary>
    /// <returns>Settings that nothing reads, with a suggestion; and settings with invalid values.</returns>
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
                _unknown.Add($"{child.Path} is not a setting; the settings are {string.Join(", ", properties.Keys.Order(StringComparer.Ordinal))}");
            }
        }
    }

    private void Check(IConfigurationSection section, Type type)
    {
        if (SettingsModel.IsValue(type))
        {
            if (section.GetChildren().FirstOrDefault() is { } below)
            {
                _wrong.Add($"{section.Path} must be a single value, but {below.Path} is set");
            }

            if (section.Value is { } text && SettingsModel.Expected(type, text) is { } expected)
            {
                _wrong.Add($"{section.Path} must be {expected}"); // without the value: it may be a secret in the wrong place
            }
        }
        else if (!string.IsNullOrEmpty(section.Value)) // an empty value is an empty list
        {
            // The binder ignores such a value, and the list would silently be empty: signing keys, or trusted proxies.
            _wrong.Add($"{section.Path} must not have a value itself: set {section.Path}:{SettingsModel.FirstOf(type)}, and so on");
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
