namespace Messaging.Outbox.AspNetCore.DeadLetters;

/// <summary><c>/dead-letters</c> and <c>/dead-letter-groups</c>: messages whose retries are exhausted.</summary>
internal static class DeadLettersModule
{
    public static void AddDeadLetterViews(this IServiceCollection services) => services.AddSingleton<DeadLetterViews>();

    public static void MapDeadLetters(this IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/dead-letters").WithTags("Dead letters").RequireRead();
        read.MapReadDeadLetters();
        routes.MapGroup("/dead-letter-groups").WithTags("Dead letters").RequireRead().MapReadGroups();

        var operate = routes.MapGroup("/dead-letters").WithTags("Dead letters").RequireOperate();
        operate.MapDecideDeadLetters();
        routes.MapGroup("/dead-letter-groups").WithTags("Dead letters").RequireOperate().MapGroupNote();
    }
}
