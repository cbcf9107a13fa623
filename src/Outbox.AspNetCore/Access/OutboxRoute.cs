using Microsoft.AspNetCore.Authorization;

namespace Messaging.Outbox.AspNetCore.Access;

/// <summary>Metadata of the routes of <see cref="OutboxApiExtensions.MapOutboxGroup"/>.</summary>
internal sealed class OutboxRoute
{
    private OutboxRoute()
    {
    }

    public static OutboxRoute Instance { get; } = new();

    public static bool Is(Endpoint endpoint) => endpoint.Metadata.GetMetadata<OutboxRoute>() is not null;

    /// <summary>Whether it matters on a route who may read and operate: on the application's own pages it does not.</summary>
    public static bool AsksForRoles(Endpoint? endpoint) => endpoint is not null
        && (Is(endpoint) || endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(data => data.Policy is AccessRoles.ReadPolicy or AccessRoles.OperatePolicy));
}
