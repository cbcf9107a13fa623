using Messaging.Outbox.AspNetCore.Access;

namespace Messaging.Api.Tests.Access;

/// <summary>A process with a key that may read and one that may operate.</summary>
public sealed class TwoKeysApi() : SharedApi(new StandaloneApi(Settings))
{
    internal static readonly string Reader = ApiKeys.New(), Operator = ApiKeys.New();

    internal static readonly (string, string)[] Settings = [.. Key(0, "rita", "read", Reader), .. Key(1, "otto", "Operate", Operator)];

    private static (string, string)[] Key(int index, string name, string role, string key) =>
    [
        ($"Access:Keys:{index}:Name", name), ($"Access:Keys:{index}:Role", role), ($"Access:Keys:{index}:Hash", ApiKeys.Hash(key)),
    ];
}
