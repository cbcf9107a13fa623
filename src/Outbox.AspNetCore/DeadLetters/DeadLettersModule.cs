namespace Messaging.Outbox.AspNetCore.DeadLetters;

/// <summary><c>/dead-letters</c>: messages whose retries are exhausted.</summary>
internal static class DeadLettersModule
{
    public static void AddDeadLetterViews(this IServiceCollection services) => services.AddSingleton<DeadLetterViews>();

    public static void MapDeadLetters(this IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/dead-letters").WithTags("Dead letters").RequireRead();
        read.MapReadDeadLetters();
        read.MapReadGroups();

        var operate = routes.MapGroup("/dead-letters").WithTags("Dead letters").RequireOperate();
        operate.MapDecideDeadLetters();
        operate.MapGroupNote();
    }
}
