namespace Messaging.Outbox.MassTransit.Starting;

/// <summary>
/// Finds the scoped filters of the pipelines (<c>UseConsumeFilter(typeof(MyFilter&lt;&gt;), context)</c>). MassTransit creates them
/// for each message without a registration, and exposes only the names of their types.
/// </summary>
internal static class PipelineFilters
{
    private const string Scope = "filter";

    /// <param name="probed">The probe result of MassTransit's bus.</param>
    public static IReadOnlyList<Type> Of(object probed)
    {
        var names = Names(probed).Select(OpenName).ToHashSet(StringComparer.Ordinal);
        return names.Count == 0 ? [] :
        [
            .. AppDomain.CurrentDomain.GetAssemblies()
                .Where(assembly => !assembly.IsDynamic)
                .SelectMany(TypesOf)
                .Where(type => names.Contains(OpenName(type.FullName?.Replace('+', '.') ?? "")) && type.IsClass && MissingServicesCheck.IsFilter(type)),
        ];
    }

    private static IEnumerable<string> Names(object probed) => probed switch
    {
        string => [],
        IDictionary<string, object> scope => scope.SelectMany(entry =>
            string.Equals(entry.Key, Scope, StringComparison.Ordinal) && entry.Value is string name ? [name] : Names(entry.Value)),
        IEnumerable<object> many => many.SelectMany(Names),
        _ => [],
    };

    /// <summary>
    /// Returns the name without type arguments, the same for <c>App.MyFilter&lt;App.Order&gt;</c> and <c>App.MyFilter`1</c>.
    /// </summary>
    private static string OpenName(string name) => name.Split('<', '`')[0].Replace('+', '.');

    private static IEnumerable<Type> TypesOf(System.Reflection.Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (System.Reflection.ReflectionTypeLoadException exception)
        {
            return exception.Types.OfType<Type>();
        }
    }
}
