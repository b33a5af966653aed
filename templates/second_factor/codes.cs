<div class="narrow">
<nav class="crumbs" aria-label="Path"><a href="/account">Your account</a></nav>
<h1>Recovery codes</h1>
<?cs if:enrolled ?><p class="notice" role="status">Your second factor is on. All your other sessions have ended.</p><?cs /if ?>
<p>Print these or write them down, and keep them where your phone is not. Each signs you in once without it. <strong>They are shown only now.</strong></p>
<ul class="codes">
<?cs each:c = codes ?><li class="code"><?cs var:c.text ?></li>
<?cs /each ?></ul>
<p class="actions end"><a class="button primary" href="/account">I have kept them</a></p>
</div>
