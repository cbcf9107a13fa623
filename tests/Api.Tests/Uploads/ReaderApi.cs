using Messaging.Outbox.AspNetCore.Access;

namespace Messaging.Api.Tests.Uploads;

/// <summary>A process with a key that may read.</summary>
public sealed class ReaderApi() : SharedApi(new StandaloneApi(
    ("Access:Keys:0:Name", "reader"), ("Access:Keys:0:Role", "read"), ("Access:Keys:0:Hash", ApiKeys.Hash(Key))))
{
    internal static readonly string Key = ApiKeys.New();
}
