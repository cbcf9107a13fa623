namespace Messaging.Api.Tests.Passwords;

/// <summary>A process with one registered user, and the token of the welcome mail.</summary>
public sealed class RegisteredApi : SharedApi, IAsyncLifetime
{
    public string Token { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        await Api.SucceededAsync(await Api.AcceptedAsync(null, "/register?email=ann@example.org"));
        Token = PasswordLink.TokenOf(Assert.Single(Api.Mails()));
    }
}
