namespace Messaging.Api.Http;

/// <summary>Describes in OpenAPI what <see cref="RequestFields"/> reads.</summary>
internal static class FieldsOpenApi
{
    public static RouteHandlerBuilder TakesFields<TRequest>(this RouteHandlerBuilder route)
        where TRequest : class =>
        route
            .Accepts<TRequest>(isOptional: true, "application/json", "application/x-www-form-urlencoded", "multipart/form-data")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
}
