using Messaging.ServiceDefaults.Mail;

namespace Messaging.Worker.Tests.Mail;

/// <summary>Which addresses are one mailbox.</summary>
public sealed class CanonicalMailboxTests
{
    [Theory]
    [InlineData("victim@example.org", "victim@example.org")]
    [InlineData("Victim@Example.ORG", "victim@example.org")]
    [InlineData("victim+1@example.org", "victim@example.org")]
    [InlineData("victim+a+b@example.org", "victim@example.org")]
    [InlineData("+victim@example.org", "+victim@example.org")]
    [InlineData("vic.tim@example.org", "vic.tim@example.org")]
    [InlineData("v.i.c.tim+x@gmail.com", "victim@gmail.com")]
    [InlineData("victim@googlemail.com", "victim@gmail.com")]
    [InlineData("vic.tim@protonmail.com", "victim@proton.me")]
    [InlineData("v-i_c.tim@pm.me", "victim@proton.me")]
    [InlineData("vic-tim@ya.ru", "victim@yandex.ru")]
    [InlineData("vic-tim@example.org", "vic-tim@example.org")]
    [InlineData("victim@mac.com", "victim@icloud.com")]
    [InlineData("victim@bücher.example", "victim@xn--bcher-kva.example")]
    [InlineData("victim@XN--BCHER-KVA.example", "victim@xn--bcher-kva.example")]
    public void Every_spelling_is_the_same_mailbox(string address, string mailbox) =>
        Assert.Equal(mailbox, CanonicalMailbox.Of(address).ToString());

    [Theory]
    [InlineData("ann@gmail.com", true)]
    [InlineData("ann@googlemail.com", true)]
    [InlineData("ann@Mail.Example", true)]
    [InlineData("ann@xn--bcher-kva.example", true)]
    [InlineData("ann@example.org", false)]
    public void The_large_providers_and_those_of_the_settings_are_shared(string address, bool isShared) =>
        Assert.Equal(isShared, SharedDomains.Contains(CanonicalMailbox.Of(address), ["mail.example", "Bücher.Example"]));
}
