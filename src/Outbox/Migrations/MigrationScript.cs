using System.Reflection;

namespace Messaging.Outbox.Migrations;

/// <summary>A script of a migration.</summary>
/// <param name="Name">The name of its resource, by which the journal knows it: a script that moves to another folder or assembly keeps it.</param>
/// <param name="Text">Its statements.</param>
internal sealed record MigrationScript(string Name, string Text)
{
    /// <summary>The scripts of an assembly for one dialect, in the order of their names.</summary>
    public static IReadOnlyList<MigrationScript> Of(Assembly assembly, string dialect) =>
    [
        .. assembly.GetManifestResourceNames()
            .Where(name => name.Contains($".Scripts.{dialect}.", StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => new MigrationScript(name, Read(assembly, name))),
    ];

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
