using Messaging.Outbox.AspNetCore.Access;
using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Hosting;

namespace Messaging.Api.Tests;

/// <summary>A configured key of the role <c>operate</c>, for an API that makes none for itself.</summary>
internal static class OperatorKey
{
    private static readonly string Value = ApiKeys.New();

    public static void UseOperatorKey(this IWebHostBuilder builder)
    {
        builder.UseSetting("Access:Keys:0:Name", "otto");
        builder.UseSetting("Access:Keys:0:Role", AccessRoles.Operate);
        builder.UseSetting("Access:Keys:0:Hash", ApiKeys.Hash(Value));
    }

    public static void UseOperatorKey(this HttpClient client) => client.DefaultRequestHeaders.Add("X-Api-Key", Value);
}
