using System.Reflection;

namespace Messaging.Outbox.Migrations;

/// <summary>A migration script.</summary>
/// <param name="Name">
/// The name of its resource, which is recorded in the journal: a script that moves to another folder or assembly must keep it.
/// </param>
/// <param name="Text">The SQL statements.</param>
internal sealed record MigrationScript(string Name, string Text)
{
    /// <summary>The scripts of an assembly for one dialect, ordered by name.</summary>
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
