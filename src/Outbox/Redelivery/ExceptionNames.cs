using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Redelivery;

/// <summary>
/// Warns if a retry policy names an exception that does not exist (<see cref="RetryOptions.FailAtOnce"/>,
/// <see cref="RetryOptions.RetryOnly"/>), and so would never match. The name is looked up in the files of all assemblies that the
/// process may load, without loading them. It is not an error, because a plug-in may contain the exception.
/// </summary>
internal sealed partial class ExceptionNames(ILogger<ExceptionNames> logger)
{
    private readonly ConcurrentDictionary<string, bool> _told = new(StringComparer.Ordinal);
    private readonly Lazy<FrozenSet<string>> _known = new(Read);

    public void Check(RetryOptions options)
    {
        foreach (var name in options.FailAtOnce.Concat(options.RetryOnly))
        {
            if (!_known.Value.Contains(name) && _told.TryAdd(name, true))
            {
                Log(name, Suggestion(name));
            }
        }
    }

    private string Suggestion(string name) =>
        Nearest.To(name, _known.Value.Where(known => known.Contains("Exception", StringComparison.Ordinal))) is { } near
            ? $"did you mean {near}?"
            : "it must be the name of its type, with or without the namespace";

    private static FrozenSet<string> Read()
    {
        var files = ((AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string)?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [])
            .Concat(AppDomain.CurrentDomain.GetAssemblies().Where(a => !a.IsDynamic).Select(a => a.Location))
            .Where(file => file.Length > 0)
            .Distinct(StringComparer.Ordinal);
        return files.SelectMany(TypesOf).SelectMany(t => new[] { t.Name, $"{t.Namespace}.{t.Name}" }).ToFrozenSet(StringComparer.Ordinal);
    }

    private static List<(string Namespace, string Name)> TypesOf(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            using var assembly = new PEReader(stream);
            if (!assembly.HasMetadata)
            {
                return [];
            }

            var reader = assembly.GetMetadataReader();
            return [.. reader.TypeDefinitions.Select(reader.GetTypeDefinition).Select(t => (reader.GetString(t.Namespace), reader.GetString(t.Name)))];
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    [LoggerMessage(
        EventId = 1330, EventName = "ExceptionNameUnknown", Level = LogLevel.Warning,
        Message = "There is no exception {Name}, which a retry policy contains (FailAtOnce or RetryOnly); correct it: {Suggestion}")]
    private partial void Log(string name, string suggestion);
}
