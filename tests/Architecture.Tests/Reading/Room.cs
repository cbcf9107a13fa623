using Mono.Cecil;

namespace Messaging.Architecture.Tests.Reading;

/// <summary>A project of src as it was built: its types, who names whom, and the assemblies that it names.</summary>
internal sealed class Room
{
    private Room(string name, IReadOnlyList<RoomType> types, IReadOnlyList<TypeArrow> arrows, IReadOnlyList<string> assemblies) =>
        (Name, Types, Arrows, Assemblies) = (name, types, arrows, assemblies);

    public string Name { get; }

    public IReadOnlyList<RoomType> Types { get; }

    public IReadOnlyList<TypeArrow> Arrows { get; }

    /// <summary>A reference that no code uses is none: the compiler leaves it out.</summary>
    public IReadOnlyList<string> Assemblies { get; }

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
        return new Room(project, [.. types.Values], [.. arrows], [.. module.AssemblyReferences.Select(reference => reference.Name)]);
    }

    private static IEnumerable<TypeDefinition> WithNested(TypeDefinition type) => type.NestedTypes.SelectMany(WithNested).Prepend(type);

    private static TypeDefinition Outermost(TypeDefinition type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
