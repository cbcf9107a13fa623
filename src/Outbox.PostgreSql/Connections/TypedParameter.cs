using Npgsql;

namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>Parameters whose type is known: they are not boxed.</summary>
internal static class TypedParameter
{
    public static NpgsqlParameter<T> Parameter<T>(T value) => new() { TypedValue = value };
}
