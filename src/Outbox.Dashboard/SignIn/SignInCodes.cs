using Messaging.Outbox.AspNetCore;

namespace Messaging.Outbox.Dashboard.SignIn;

/// <summary>
/// Which codes can still be used: those of the last ten minutes that were made after the start of this process, each once. One process owns
/// the operator's key, so what it remembers is enough.
/// </summary>
internal sealed class SignInCodes(TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly DateTimeOffset _startedAt = time.GetUtcNow().AddMilliseconds(-1); // a code has whole milliseconds

    // All of them, one for each sign-in by a link: a clock that is put back makes an old code young again.
    private readonly HashSet<Guid> _used = [];
    private readonly Lock _lock = new();

    /// <returns>The link's code, as text.</returns>
    public string New(AccessKey key) => SignInCode.New(Convert.FromHexString(key.Hash), time.GetUtcNow());

    /// <summary>Whether the code is one that can be used; from now on it cannot.</summary>
    public bool TryUse(string text, AccessKey key)
    {
        var now = time.GetUtcNow();
        if (SignInCode.Read(text, Convert.FromHexString(key.Hash)) is not { } code || code.MadeAt < _startedAt || code.MadeAt + Lifetime <= now)
        {
            return false;
        }

        lock (_lock)
        {
            return _used.Add(code.Nonce);
        }
    }

    /// <summary>Makes a code that was used valid again, because nobody was signed in with it.</summary>
    public void GiveBack(string text, AccessKey key)
    {
        if (SignInCode.Read(text, Convert.FromHexString(key.Hash)) is { } code)
        {
            lock (_lock)
            {
                _used.Remove(code.Nonce);
            }
        }
    }
}
