using Messaging.Api.Access;

namespace Messaging.Api.Failures;

/// <summary><c>/failures</c>: the messages that were given up.</summary>
internal static class FailuresModule
{
    public static void MapFailures(this IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/failures").WithTags("Failures").RequireRead();
        read.MapReadFailures();

        var operate = routes.MapGroup("/failures").WithTags("Failures").RequireOperate();
        operate.MapDecideFailures();
    }
}
