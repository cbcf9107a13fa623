using System.Reflection;

namespace Messaging.Outbox.Payloads;

/// <summary>The types of an assembly that this process can load: an optional dependency of others may be absent.</summary>
internal static class LoadableTypes
{
    /// <summary>The public types of an assembly, without those whose dependencies are absent.</summary>
    public static IReadOnlyList<Type> Of(Assembly assembly)
    {
        try
        {
            return assembly.GetExportedTypes();
        }
        catch (Exception exception) when (IsAbsence(exception))
        {
            return [.. LoadedOf(assembly).Where(type => type.IsVisible)];
        }
    }

    /// <summary>Reads something of a type; the default if that needs what is absent.</summary>
    public static T? Read<T>(Type type, Func<Type, T> read)
    {
        try
        {
            return read(type);
        }
        catch (Exception exception) when (IsAbsence(exception))
        {
            return default;
        }
    }

    private static IEnumerable<Type> LoadedOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException exception)
        {
            return exception.Types.OfType<Type>();
        }
    }

    private static bool IsAbsence(Exception exception) =>
        exception is FileNotFoundException or FileLoadException or BadImageFormatException or TypeLoadException or ReflectionTypeLoadException or NotSupportedException;
}
