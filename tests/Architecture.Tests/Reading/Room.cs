using System.Runtime.CompilerServices;
using Mono.Cecil;

namespace Messaging.Architecture.Tests.Reading;

/// <summary>A project of src as it was built: its types, who names whom, and the assemblies that it names.</summary>
internal sealed class Room
{
    private Room(string name, IReadOnlyList<RoomType> types, IReadOnlyList<TypeArrow> arrows, ModuleDefinition module) =>
        (Name, Types, Arrows, Assemblies, Friends) =
        (name, types, arrows, [.. module.AssemblyReferences.Select(reference => reference.Name)], [.. FriendsOf(module.Assembly)]);

    public string Name { get; }

    public IReadOnlyList<RoomType> Types { get; }

    public IReadOnlyList<TypeArrow> Arrows { get; }

    /// <summary>A reference that no code uses is none: the compiler leaves it out.</summary>
    public IReadOnlyList<string> Assemblies { get; }

    /// <summary>The assemblies that see its internals.</summary>
    public IReadOnlyList<string> Friends { get; }

    public override string ToString() => Name;

    public static Room Read(string project)
    {
        var path = Path.Combine(AppContext.BaseDirectory, $"Messaging.{project}.dll");
        using var module = ModuleDefinition.ReadModule(path);
        using var folders = SourceFolders.Open(Path.ChangeExtension(path, "pdb"), project);

        var types = new Dictionary<TypeDefinition, RoomType>();
        foreach (var type in module.Types)
        {
            var methods = WithNested(type).SelectMany(part => part.Methods).Select(method => method.MetadataToken.ToInt32());
            var places = folders.Of(type.MetadataToken.ToInt32(), methods);
            if (places.Count > 0) // else it is the compiler's own
                types.Add(type, new RoomType(type.Name, type.Namespace, type.IsPublic, places));
        }

        var arrows = from type in types
                     from named in TypeReferences.Of(type.Key).OfType<TypeDefinition>().Select(Outermost).Distinct()
                     where named != type.Key && types.ContainsKey(named)
                     select new TypeArrow(type.Value, types[named]);
        return new Room(project, [.. types.Values], [.. arrows], module);
    }

    private static IEnumerable<string> FriendsOf(AssemblyDefinition assembly) =>
        assembly.CustomAttributes
            .Where(attribute => attribute.AttributeType.Name == nameof(InternalsVisibleToAttribute))
            .Select(attribute => (string)attribute.ConstructorArguments[0].Value);

    private static IEnumerable<TypeDefinition> WithNested(TypeDefinition type) => type.NestedTypes.SelectMany(WithNested).Prepend(type);

    private static TypeDefinition Outermost(TypeDefinition type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
