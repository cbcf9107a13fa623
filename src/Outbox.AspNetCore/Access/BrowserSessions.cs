using Messaging.Outbox.AspNetCore.Sessions;
using Messaging.Outbox.Sessions;

namespace Messaging.Outbox.AspNetCore.Access;

/// <summary>The sessions that browsers start with a key, so that they do not keep the key itself.</summary>
internal sealed class BrowserSessions(ApiKeys keys, LiveSessions live, SessionStore store, StoreClock clock)
{
    /// <summary>Starts a session and sets its cookie. The one that the browser had before ends.</summary>
    /// <param name="http">The request.</param>
    /// <param name="key">A valid key.</param>
    /// <param name="duration">How long the session lasts at most.</param>
    /// <exception cref="StoreUnavailableException">The database did not answer; there is no session.</exception>
    public async Task StartAsync(HttpContext http, AccessKey key, TimeSpan duration)
    {
        await EndAsync(http, forgetCookie: false);
        var now = clock.GetUtcNow();
        var (token, text) = SessionToken.New(Convert.FromHexString(key.Hash), now + duration);
        await store.AddAsync(new Session(token.Id, key.Name, now, token.ExpiresAt), http.RequestAborted);
        live.Forget();
        SessionCookie.Set(http, text, token.ExpiresAt);
    }

    /// <summary>Ends the session of the request, if it has one: its cookie is of no use to anybody from now on.</summary>
    /// <exception cref="StoreUnavailableException">The database did not answer; the session may go on.</exception>
    public async Task EndAsync(HttpContext http, bool forgetCookie = true)
    {
        if (Read(http.Request) is var (token, key))
        {
            await store.EndAsync(token.Id, key.Name, clock.GetUtcNow(), http.RequestAborted);
            live.Forget();
        }

        if (forgetCookie)
        {
            SessionCookie.Delete(http);
        }
    }

    /// <returns>The key of the request's session, and when the session expires; null if it has none.</returns>
    /// <exception cref="StoreUnavailableException">The database did not answer.</exception>
    public async ValueTask<(AccessKey Key, DateTimeOffset ExpiresAt)?> FindAsync(HttpContext http) =>
        Read(http.Request) is var (token, key) && token.ExpiresAt > clock.GetUtcNow() && await live.ContainsAsync(token.Id, http.RequestAborted)
            ? (key, token.ExpiresAt)
            : null;

    private (SessionToken Token, AccessKey Key)? Read(HttpRequest request) =>
        SessionCookie.In(request) is { } text && SessionToken.Read(text, keys.Hashes) is var (token, index) ? (token, keys.At(index)) : null;
}
