using Npgsql;

namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>Creates parameters of a known type, which are not boxed.</summary>
internal static class TypedParameter
{
    public static NpgsqlParameter<T> Parameter<T>(T value) => new() { TypedValue = value };
}
