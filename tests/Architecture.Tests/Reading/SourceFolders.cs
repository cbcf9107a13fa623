using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Messaging.Architecture.Tests.Reading;

/// <summary>Which folder of a project a type's source stands in, as the portable PDB has it: "Tasks", "Tasks/Steps", or "" for the project's own.</summary>
internal sealed class SourceFolders : IDisposable
{
    // The compiler lists a type's files here where no method body does: of interfaces, enumerations, and records of constants.
    private static readonly Guid TypeDefinitionDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    private readonly MetadataReaderProvider _provider;
    private readonly MetadataReader _symbols;
    private readonly string _root;

    private SourceFolders(MetadataReaderProvider provider, string project) =>
        (_provider, _symbols, _root) = (provider, provider.GetMetadataReader(), $"/src/{project}/");

    public static SourceFolders Open(string pdb, string project) =>
        new(MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(pdb)), project);

    public void Dispose() => _provider.Dispose();

    /// <returns>The folders of the parts of a type, but for what is generated: one, for a type that is whole in one folder.</returns>
    public IReadOnlySet<string> Of(int type, IEnumerable<int> methods)
    {
        var documents = methods.SelectMany(DocumentsOfMethod).Concat(DocumentsOfType(type));
        return documents.Select(FolderOf).OfType<string>().ToHashSet();
    }

    private IEnumerable<DocumentHandle> DocumentsOfMethod(int method)
    {
        var information = _symbols.GetMethodDebugInformation((MethodDefinitionHandle)MetadataTokens.Handle(method));
        return information.Document.IsNil
            ? information.GetSequencePoints().Select(point => point.Document)
            : [information.Document];
    }

    private IEnumerable<DocumentHandle> DocumentsOfType(int type)
    {
        foreach (var handle in _symbols.GetCustomDebugInformation((TypeDefinitionHandle)MetadataTokens.Handle(type)))
        {
            var information = _symbols.GetCustomDebugInformation(handle);
            if (_symbols.GetGuid(information.Kind) == TypeDefinitionDocuments)
            {
                var rows = _symbols.GetBlobReader(information.Value);
                while (rows.RemainingBytes > 0)
                    yield return MetadataTokens.DocumentHandle(rows.ReadCompressedInteger());
            }
        }
    }

    private string? FolderOf(DocumentHandle document)
    {
        var path = _symbols.GetString(_symbols.GetDocument(document).Name).Replace('\\', '/');
        var start = path.LastIndexOf(_root, StringComparison.Ordinal);
        if (start < 0)
            return null;

        var folder = Path.GetDirectoryName(path[(start + _root.Length)..])!;
        return folder == "obj" || folder.StartsWith("obj/", StringComparison.Ordinal) ? null : folder;
    }
}
