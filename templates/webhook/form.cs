<?cs include!"layout/_forms.cs" ?>
<nav class="crumbs" aria-label="Path"><a href="/webhooks">Webhooks</a><?cs if:webhook.id ?> <a href="/webhooks/<?cs var:webhook.id ?>"><?cs var:webhook.name ?></a><?cs /if ?></nav>
<div class="narrow">
<h1><?cs if:webhook.id ?>Edit webhook<?cs else ?>New webhook<?cs /if ?></h1>
<?cs call:errors(form.errors) ?>
<form class="edit" method="post" action="/webhooks<?cs if:webhook.id ?>/<?cs var:webhook.id ?><?cs /if ?>" novalidate>
<input type="hidden" name="csrf" value="<?cs var:csrf ?>">
<?cs if:webhook.id ?><input type="hidden" name="version" value="<?cs var:form.version.value ?>"><?cs else ?><input type="hidden" name="once" value="<?cs var:form.once.value ?>"><?cs /if ?>
<?cs call:text(form.name, "name", "", "required") ?>
<?cs call:text(form.url, "url", "An https address that events are posted to. Whoever may see webhooks sees it: keep secrets out of it.", "code") ?>
<?cs call:area(form.types, "types", "One a line, such as bincard.stock_level.changed.v1, or bincard.item.* for all that begin so. Empty: all that you may see.", 4) ?>
<p class="hint">It gets what you may see yourself, of all locations.<?cs if:!webhook.id ?> It begins with what happens from now on.<?cs /if ?></p>
<div class="actions"><button class="primary" type="submit"><?cs if:webhook.id ?>Save<?cs else ?>Make webhook<?cs /if ?></button>
<a href="/webhooks<?cs if:webhook.id ?>/<?cs var:webhook.id ?><?cs /if ?>">Cancel</a></div>
</form>
</div>
