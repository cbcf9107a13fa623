using Messaging.Outbox.AspNetCore.Access;

namespace Messaging.Api.Tests.Access;

/// <summary>A process with a key that may read and one that may operate.</summary>
public sealed class TwoKeysApi() : SharedApi(new StandaloneApi([.. Settings, SignIns]))
{
    // Each test of a class signs in, and all of them are one caller.
    private static readonly (string, string) SignIns = ("RateLimits:Accounts:Burst", "1000");

    internal static readonly string Reader = ApiKeys.New(), Operator = ApiKeys.New();

    internal static readonly (string, string)[] Settings = [.. Key(0, "rita", "read", Reader), .. Key(1, "otto", "Operate", Operator)];

    private static (string, string)[] Key(int index, string name, string role, string key) =>
    [
        ($"Access:Keys:{index}:Name", name), ($"Access:Keys:{index}:Role", role), ($"Access:Keys:{index}:Hash", ApiKeys.Hash(key)),
    ];
}
