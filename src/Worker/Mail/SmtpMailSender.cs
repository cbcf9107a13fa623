using MailKit.Net.Smtp;
using Microsoft.Extensions.Options;
using MimeKit;
using Polly.Registry;

namespace Messaging.Worker.Mail;

/// <summary>Sends over SMTP with one connection for each mail. The mail counts as sent when the server replies to DATA.</summary>
internal sealed class SmtpMailSender(ResiliencePipelineProvider<string> pipelines, IOptions<MailOptions> options) : IMailSender
{
    public const string Pipeline = "smtp";
    private readonly MailOptions _options = options.Value;

    public async Task SendAsync(MimeMessage message, CancellationToken cancellationToken) =>
        await pipelines.GetPipeline(Pipeline).ExecuteAsync(
            async (state, token) => await state.Sender.SendOnceAsync(state.Message, token),
            (Sender: this, Message: message),
            cancellationToken);

    private async Task SendOnceAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        using var client = new SmtpClient { Timeout = (int)_options.AttemptTimeout.TotalMilliseconds };
        try
        {
            await client.ConnectAsync(_options.Host, _options.Port, _options.Security, cancellationToken);
            if (!string.IsNullOrEmpty(_options.Username))
            {
                await client.AuthenticateAsync(_options.Username, _options.Password ?? string.Empty, cancellationToken);
            }

            await client.SendAsync(message, cancellationToken);
        }
        catch (SmtpCommandException exception)
        {
            var code = (int)exception.StatusCode;
            throw code >= 500 ? new MailRefusedException(code) : new MailDeferredException(code);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new MailServerException(exception);
        }

        await QuitAsync(client, cancellationToken);
    }

    /// <summary>The mail is accepted by now: an error during QUIT must not send it again.</summary>
    private static async Task QuitAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception)
        {
            // Disposing the client closes the connection.
        }
    }
}
